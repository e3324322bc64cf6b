/**
 * Version of the arithmetic: of every formula whose change would change a bit of some state, prediction or
 * alert. Goes up with the change; a data directory of another version is noticed on start.
 */
export const NUMERICS = "kernel-8";
