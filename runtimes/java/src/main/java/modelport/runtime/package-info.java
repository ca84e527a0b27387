// SPDX-License-Identifier: Apache-2.0
/**
 * The hand-written part of every generated library: contract, session, buffers, self-test. Not an
 * API; callers use the generated classes.
 */
package modelport.runtime;
