/** One dispatch of tasks that go through memory by the same layout. */
import { dispatch } from '../device/dispatch.js';
import type { Scope } from '../device/scope.js';
import type { Task } from '../device/task.js';
import type { Layout } from '../layouts/layout.js';

export const run = (scope: Scope, { vector }: Layout, ...tasks: Task[]): void =>
  dispatch(scope, { vector, tasks });
