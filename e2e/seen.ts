/** The texts of windows that were closed since the test began. */
export const seen: string[] = [];
