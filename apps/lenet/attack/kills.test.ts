/** Runs that are killed at any moment. */
import { test } from 'vitest';
import { survivesKills } from '../test/kills.js';

test('after each of 20 kill -9 at random moments a run ends as one that was never interrupted, to the last bit', () =>
  survivesKills(20));
