/** Milliseconds since the epoch from the monotonic clock: the same in a page and its workers. */
export const clockMs = () => performance.timeOrigin + performance.now();
