/** Why something that a person asked for cannot be had, in whatever language is chosen. */
import type { Messages } from '../messages/en.js';

export class Refusal extends Error {
  constructor(readonly explain: (t: Messages) => string) {
    super('this is not possible');
    this.name = 'Refusal';
  }
}
