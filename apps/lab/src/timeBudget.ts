/** Lets something be done as often as its cost allows. */
export class TimeBudget {
  #next: number;

  /**
   * @param share of all time that may be spent, 0 to 1
   * @param interval least milliseconds from one time to the next, and before the first
   */
  constructor(
    private readonly share: number,
    private readonly interval: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#next = now() + interval;
  }

  get due(): boolean {
    return this.wait === 0;
  }

  /** Milliseconds until it is due. */
  get wait(): number {
    return Math.max(0, this.#next - this.now());
  }

  /** Does it, and sees from how long it took when the next time is. */
  async spend(action: () => Promise<void>): Promise<void> {
    const start = this.now();
    await action();
    const end = this.now();
    this.#next = end + Math.max(this.interval, (end - start) * (1 / this.share - 1));
  }
}
