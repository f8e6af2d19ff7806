/** The most characters of a rank. */
export const longestRank = 64
