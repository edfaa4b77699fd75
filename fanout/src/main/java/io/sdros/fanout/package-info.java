/**
 * One stream of messages to many subscribers, each at its own pace, none at another's expense.
 */
package io.sdros.fanout;
