/**
 * Moments of a population that comes in parts, for packages that gather statistics of their own.
 *
 * @packageDocumentation
 */
export { PopulationMoments } from './populationMoments.js';
