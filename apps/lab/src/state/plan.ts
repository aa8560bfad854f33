/** What a person has set for the next runs, by the form or by a lesson. */
import { computed, signal } from '@preact/signals';
import { standardPlan } from '../lessons/address.js';
import { type LessonName, lessons } from '../lessons/lessons.js';
import { type Choices, type Plan, plannedRuns } from '../lessons/plan.js';
import type { RunSettings } from '../protocol.js';

export const plan = signal<Plan>(standardPlan);
/** The lesson that is open. */
export const lesson = signal<LessonName | undefined>(undefined);

/** The run that the form sets. */
export const settings = computed(() => plan.value.settings);
/** All runs of the plan. */
export const planned = computed(() => plannedRuns(plan.value));

export function changeSettings(change: Partial<RunSettings>): void {
  plan.value = { ...plan.value, settings: { ...settings.value, ...change } };
}

/** Sets what is trained beside the run of the form. */
export function changeOthers(change: Partial<Choices>): void {
  plan.value = { ...plan.value, others: { ...plan.value.others, ...change } };
}

/** Sets what a lesson sets, and shows its text. */
export function openLesson(name: LessonName): void {
  lesson.value = name;
  plan.value = lessons[name];
}

/** Hides a lesson's text. What it has set stays. */
export function closeLesson(): void {
  lesson.value = undefined;
}
