// SPDX-License-Identifier: Apache-2.0
/** What the tests of the runtime and of every generated project share; never part of a library. */
package modelport.kit;
