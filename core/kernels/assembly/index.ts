/**
 * The float32 kernels. AssemblyScript, compiled by scripts/kernels.ts; what each computes is written in plain TypeScript
 * in core/training/plain-step-engine.ts, and tests hold both together.
 *
 * Pointers are byte addresses in the shared memory. Strides, inputs and columns are numbers of floats, multiples of 16:
 * rows are filled up with zeros, so that no kernel has a ragged end along a row.
 *
 * Every number is added up in an order of its own that depends neither on the tile it is computed in nor on the thread.
 */
export { gatherBytes, gatherFloats, scaleBytes } from './gather';
export { placePicture } from './augmentation';
export { dropOut } from './dropout';
export { affine, inputGradient } from './products';
export { packGradient, weightGradient, narrowWeightGradient, biasGradient, transpose } from './weight-gradient';
export { activate, activateGradient, clearTails } from './activations';
export { softmaxLoss } from './softmax';
export { rectify, rectifyGradient } from './rectify';
export {
  sgdStep, momentumStep, momentumInsideStep, nesterovStep, lookAheadStep, squareRootStep, adamStep, sumOf, flushDenormals,
  accumulate, addSums, roundSums,
} from './updates';
export { readPatches, squaredNorms, largestOfRows, nearestOfRows, addTriangle, nearerDistances } from './words';
export { roundRows, nearestOfRounded } from './rounded-words';
export { panelProduct } from './panels';
export { hogVotes } from './hog';
export { countColors } from './colors';
