/** The cases of a run: which operation, in which phase, at which shape. */
import { UsageError } from '../errors.js';
import { normalizationPhases, type Operation, operations, type Phase, phaseTitles } from './operations.js';
import {
  byteCount,
  type DataFormat,
  dataFormats,
  dataFormatTitles,
  fits,
  hasDataFormat,
  modelShapes,
  parseShape,
  quickShapes,
  type Shape,
  shapeText,
  smallShapes,
  sweepShapes,
} from './shapes.js';

export interface Case {
  readonly operation: Operation;
  readonly phase: Phase;
  /** `[N, C, ...]`, in whichever order the tensor is stored. */
  readonly shape: Shape;
  /** In which order it is stored; absent if there is one order only. */
  readonly dataFormat?: DataFormat | undefined;
}

/** Shapes that each operation has of its own, by the name of the list. */
const shapeLists = {
  models: modelShapes,
  sweep: sweepShapes,
  small: smallShapes,
  quick: quickShapes,
} as const;
type ShapeList = keyof typeof shapeLists;

/** Where a run takes its shapes from: a list, or a shape as people write it. */
export type ShapeChoice = ShapeList | Shape;

export interface CaseSelection {
  readonly operations: readonly Operation[];
  readonly shapes: readonly ShapeChoice[];
  /** Undefined: all. In the sweep and its small part forward + backward alone, if that is among them. */
  readonly phases?: readonly Phase[] | undefined;
  /** Undefined: both. */
  readonly dataFormats?: readonly DataFormat[] | undefined;
}

/** Tells a case from every other. */
export const caseKey = ({ operation, phase, shape, dataFormat }: Case): string =>
  [operation, phase, shapeText(shape), dataFormat].filter(Boolean).join(' ');

/** A case in words. */
export const caseTitle = ({ operation, phase, shape, dataFormat }: Case): string =>
  [
    operations[operation].title,
    phaseTitles[phase],
    shapeText(shape),
    dataFormat && dataFormatTitles[dataFormat],
  ]
    .filter(Boolean)
    .join(' ');

/**
 * All cases of a selection, and a read and a copy for each size of tensor among them; small ones first, so that how long a large one
 * will take is known before it runs.
 *
 * @throws UsageError if the selection leaves nothing to measure.
 */
export function selectCases(selection: CaseSelection): Case[] {
  const cases = new Map<string, Case>();
  const formats = selection.dataFormats ?? dataFormats;
  const add = (found: Case) => cases.set(caseKey(found), found);
  for (const operation of selection.operations) {
    for (const choice of selection.shapes) {
      for (const phase of phasesOf(operation, choice, selection.phases)) {
        for (const shape of shapesOf(operation, choice)) {
          if (!hasDataFormat(operation, shape)) add({ operation, phase, shape });
          else for (const dataFormat of formats) add({ operation, phase, shape, dataFormat });
        }
      }
    }
  }
  if (cases.size === 0) {
    throw new UsageError(
      'nothing to measure: none of the operations has one of these phases at one of these shapes. BatchNorm takes [N, C] ' +
        'and [N, C, H, W], GroupNorm and InstanceNorm [N, C, H, W] (GroupNorm: C divisible by 32), LeNet Nx1x28x28; only ' +
        'BatchNorm has forward apart from inference',
    );
  }
  for (const shape of sizesOfMemory([...cases.values()])) {
    add({ operation: 'read', phase: 'read', shape });
    add({ operation: 'copy', phase: 'copy', shape });
  }
  return [...cases.values()].sort((a, b) => byteCount(a.shape) - byteCount(b.shape));
}

function phasesOf(
  operation: Operation,
  choice: ShapeChoice,
  asked: readonly Phase[] | undefined,
): readonly Phase[] {
  const own = operations[operation].phases;
  const wanted: readonly Phase[] = asked ?? normalizationPhases;
  const isSweep = choice === 'sweep' || choice === 'small';
  if (isSweep && wanted.includes('forwardBackward'))
    return own.filter((phase) => phase === 'forwardBackward');
  return own.filter((phase) => phase === 'step' || wanted.includes(phase));
}

function shapesOf(operation: Operation, choice: ShapeChoice): readonly Shape[] {
  if (typeof choice === 'string') return shapeLists[choice](operation);
  return fits(operation, choice) ? [choice] : [];
}

/** One shape for each size in bytes at which the memory limit is asked for. */
function sizesOfMemory(cases: readonly Case[]): Iterable<Shape> {
  const withTraffic = cases.filter(({ phase }) => phase !== 'step');
  return new Map(withTraffic.map(({ shape }) => [byteCount(shape), shape])).values();
}

/** @throws UsageError for what is neither a list of shapes nor a shape. */
export function parseShapeChoice(text: string): ShapeChoice {
  if (Object.hasOwn(shapeLists, text)) return text as ShapeList;
  const shape = parseShape(text);
  if (shape === undefined) {
    throw new UsageError(
      `unknown shape '${text}': expected ${Object.keys(shapeLists).join(', ')}, or two to five sizes of at most 2 GB such as 32x64x56x56`,
    );
  }
  return shape;
}
