/**
 * Called between two pieces of work of about a millisecond, an update or a window's forward pass: whoever trains may
 * rest there. What is learned doesn't depend on it.
 */
export type Pace = () => void;

/** Works through. */
export const atOnce: Pace = () => {};
