/** The words of the Train workspace. */
export const train = {};
