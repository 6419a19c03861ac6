/** All operators: importing this fills the table in `tensor.ts`. */
export * from './affine.ts';
export * from './convolution.ts';
export * from './elementwise.ts';
export * from './halve.ts';
export * from './layout.ts';
export * from './matmul.ts';
export * from './normalise.ts';
export * from './pixels.ts';
export * from './places.ts';
export * from './reduce.ts';
export * from './reflect.ts';
export * from './reshape.ts';
export * from './shift.ts';
