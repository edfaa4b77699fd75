/**
 * One stream of messages to many subscribers, each at its own pace, none at another's expense.
 *
 * <p>{@link io.sdros.fanout.Broadcaster} is for streams whose messages build on each other, such as video: it keeps the
 * last group of pictures for those who join and lets a slow subscriber continue at a keyframe only. {@link
 * io.sdros.fanout.LatestValueBroadcaster} is for independent values by key, such as telemetry; it serves the keys
 * round-robin. What both give out are {@link io.sdros.fanout.Subscription}s, each of which belongs to the {@link
 * io.sdros.fanout.WakeupGroup} of the thread that polls it.
 *
 * <h2>Example</h2>
 *
 * Standard input to ten threads, each at its own pace; they end after a second without a line:
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     Broadcaster<String> broadcaster = Broadcaster.<String>builder().keyframeGating(false).build();
 *     for (int i = 0; i < 10; i++) {
 *         Subscription<String> subscription = broadcaster.subscribe();
 *         new Thread(() -> print(subscription)).start();
 *     }
 *     new BufferedReader(new InputStreamReader(System.in)).lines().forEach(line -> {
 *         broadcaster.service(); // admits who has joined, lets go of who has left
 *         broadcaster.publish(line, false, line.length());
 *     });
 * }
 *
 * static void print(Subscription<String> subscription) {
 *     try (subscription) {
 *         for (String line; (line = subscription.poll(Duration.ofSeconds(1))) != null; ) {
 *             System.out.println(Thread.currentThread().getName() + ": " + line);
 *         }
 *     } catch (InterruptedException e) {
 *         Thread.currentThread().interrupt(); // somebody wants this thread to end
 *     }
 * }
 * }</pre>
 *
 * An event loop that serves many subscriptions makes one group for all of them, and polls them in a task:
 *
 * <pre>{@code
 * WakeupGroup group = new WakeupGroup(() -> loop.execute(this::drain));
 *
 * void drain() {
 *     group.beginDrain();
 *     for (Client client : clients) {
 *         client.writeAll(); // polls its subscription until that is empty or the socket is full
 *     }
 * }
 * }</pre>
 *
 * <h2>Vocabulary</h2>
 *
 * <ul>
 *   <li>A message <b>continues</b> the one published directly before it. A <b>break</b> is where one does not.
 *   <li>A <b>keyframe</b> needs nothing before it. The <b>GOP</b> (group of pictures) is a keyframe and what was
 *       published since. A <b>droppable</b> message is one that no other needs.
 *   <li>A subscriber is <b>admitted</b> when the producer adds it; it is <b>replayed</b> the GOP as it was at that
 *       moment, and everything published after is <b>live</b> for it.
 *   <li>A message is <b>evicted</b> when it leaves a full queue unpolled, <b>discarded</b> when it is polled and not
 *       delivered; either way it is <b>dropped</b>.
 *   <li>A subscriber <b>lags</b> when something was evicted that it would have got next, or what it would get next is
 *       older than the maximum latency. A replay does not count: neither its size nor its age, but an eviction from the
 *       queue behind it does, and ends it.
 *   <li>It <b>waits</b> when it needs a keyframe, holds none and none is on its way to it.
 *   <li>A group is <b>woken</b> when one of its subscriptions may have something to see that was not there when it was
 *       polled last: a message, its admission, a break, a timeout. It is <b>drained</b> by polling all of them.
 *   <li>Frames <b>flow</b> while they are published or skipped. Timeouts are measured in time of flow.
 * </ul>
 *
 * <h2>The delivery rule</h2>
 *
 * Every entry has an index, one higher than the entry before. An entry may be delivered iff it is a keyframe or its
 * index is one higher than that of the entry delivered last. It is applied on the polling side alone, so evictions need
 * no coordination: the gap in the index tells of them. After a break the producer offers nothing until a keyframe.
 *
 * <p>For a subscriber that may miss droppable messages, an entry may also be delivered if nothing else is missing in
 * between: each entry says which one before it, not droppable, is the newest. Such a subscriber is not given droppable
 * messages while its queue is half full, or when they are half as old as may be, lest it comes to a lag.
 *
 * <p>A subscriber that wants no more than so many messages a second is left out droppable ones, or from any point of a GOP on
 * all up to a later keyframe; which, is decided on its polling side before anything else is, by the rate of the messages that
 * are needed, which the producer measures. What it does not want is never missing.
 *
 * <p>After a lag a subscriber goes on with the newest keyframe it holds, whatever the age of that, else it waits. What
 * follows a keyframe is subject to the maximum latency again.
 *
 * <h2>Threads</h2>
 *
 * <ul>
 *   <li>The <b>producer thread</b> publishes and services. It alone knows the subscribers, the cache and the requests.
 *       Groups are woken on it, or drained if they want to be.
 *   <li>A subscription's <b>polling thread</b> is whoever polls it at the moment. Successive ones need a happens-before
 *       from outside.
 *   <li><b>Any thread</b> subscribes, closes and reads statistics.
 * </ul>
 *
 * Between them there are these crossings: each subscription's queue (producer to polling thread), its membership word
 * (with it the replay and the gate's first state) and its replay (which either side may take away), its wait (polling
 * thread to producer), the stream's position (newest keyframe, last break, flow: written by the producer, read by all),
 * its group's flag (put up by the producer, down by the draining thread) and the service queue (any thread to
 * producer).
 *
 * <h2>Ordering</h2>
 *
 * <ul>
 *   <li><b>Plain</b>: no ordering; fields of one thread.
 *   <li><b>Lazy</b> ({@code lazySet}): a store that later stores may not overtake; for counters with one writer.
 *   <li><b>Acquire</b> and <b>release</b>: what came before the release is visible after the acquire that sees it. A
 *       comment names the partner.
 *   <li><b>Volatile</b>: all such reads and writes are seen in one order by all. Relied upon where a thread writes one
 *       word and then reads another: the service queue's flag, a keyframe's index before its entry.
 *   <li><b>Exchange</b>: a volatile read and write in one.
 *   <li><b>Full fence</b>: orders the writes before it with the reads after it. Where each of two threads writes a
 *       word, fences, and reads the other's word, at least one of them sees what the other wrote: an offer and the
 *       group's flag.
 * </ul>
 */
package io.sdros.fanout;
