/** Filled below as the container grows. */
export const version = 1
