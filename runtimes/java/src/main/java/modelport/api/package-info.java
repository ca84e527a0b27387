// SPDX-License-Identifier: Apache-2.0
/** What callers of a generated library see of the runtime: status, exceptions, category values. */
package modelport.api;
