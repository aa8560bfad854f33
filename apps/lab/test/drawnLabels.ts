/** The labels that plots draw on their canvases, and what is wrong with them. */
import type { Page } from 'playwright';

interface Label {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly labels: Label[];
}

/** Notes where each canvas draws text, from its last clearing on. Runs in the page, before its own code. */
export function noteLabels(): void {
  const drawn = new Map<HTMLCanvasElement, Label[]>();
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  Object.assign(globalThis, {
    drawnLabels: (): Drawn[] =>
      [...drawn]
        .filter(([canvas]) => canvas.isConnected)
        .map(([{ width, height }, labels]) => ({ width, height, labels })),
  });
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    drawn.set(this.canvas as HTMLCanvasElement, []);
    clearRect.apply(this, area);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    const {
      actualBoundingBoxLeft,
      actualBoundingBoxRight,
      actualBoundingBoxAscent,
      actualBoundingBoxDescent,
    } = this.measureText(text);
    const { a, b, c, d, e, f } = this.getTransform();
    const corners = [
      [x - actualBoundingBoxLeft, y - actualBoundingBoxAscent],
      [x + actualBoundingBoxRight, y + actualBoundingBoxDescent],
    ].map(([left, top]) => [a * left! + c * top! + e, b * left! + d * top! + f]);
    const [xs, ys] = [corners.map(([across]) => across!), corners.map(([, down]) => down!)];
    const labels = drawn.get(this.canvas as HTMLCanvasElement) ?? [];
    drawn.set(this.canvas as HTMLCanvasElement, [
      ...labels,
      { text, left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) },
    ]);
    fillText.call(this, text, x, y, ...more);
  };
}

/** The labels of all plots in the order of the page, drawn as for a printer: out of sight, too. */
export const drawnLabels = (page: Page): Promise<Drawn[]> =>
  page.evaluate(async () => {
    dispatchEvent(new Event('beforeprint'));
    // uPlot draws in a microtask.
    await new Promise((resolve) => setTimeout(resolve));
    return (globalThis as unknown as { drawnLabels(): Drawn[] }).drawnLabels();
  });

/** Rounding of half a pixel is no fault. */
const slack = 1;

export const cutOff = ({ width, height, labels }: Drawn): Label[] =>
  labels.filter(
    ({ left, right, top, bottom }) =>
      left < -slack || top < -slack || right > width + slack || bottom > height + slack,
  );

export function overprinted({ labels }: Drawn): string[] {
  const pairs = labels.flatMap((label, index) =>
    labels.slice(index + 1).map((other) => [label, other] as const),
  );
  return pairs
    .filter(
      ([one, other]) =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > slack &&
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > slack,
    )
    .map(([one, other]) => `${one.text} | ${other.text}`);
}
