/**
 * Moments of a population that comes in parts, for packages that gather statistics themselves.
 *
 * @packageDocumentation
 */
export { PopulationMoments } from './populationMoments.js';
export type { BatchStatistics } from './runningStatistics.js';
export { StatisticsCollector } from './statisticsCollector.js';
