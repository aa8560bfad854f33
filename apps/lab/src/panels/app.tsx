/** The page: controls at the side, what training shows in the middle. */
import { t } from '../messages/language.js';
import { BackendPanel } from './backend.js';
import { CheckpointPanel } from './checkpoints.js';
import { ConfusionPanel } from './confusion.js';
import { CurvesPanel } from './curves.js';
import { DataPanel } from './data.js';
import { DrawPanel } from './draw.js';
import { FirstLayersPanel } from './firstLayers.js';
import { Header } from './header.js';
import { ImagesPanel } from './images.js';
import { LayersPanel } from './layers.js';
import { LessonsPanel } from './lessons.js';
import { NewRunPanel } from './newRun.js';
import { Notices } from './notices.js';
import { RunsPanel } from './runs.js';
import { SignalPanel } from './signal.js';
import { StatusPanel } from './status.js';
import { ZScorePanel } from './zScore.js';

export function App() {
  return (
    <>
      <a class="skip" href="#curves">
        {t.value.skipToCurves}
      </a>
      <Header />
      <Notices />
      <main class="layout">
        <LessonsPanel />
        <div class="side">
          <NewRunPanel />
          <BackendPanel />
          <DataPanel />
          <CheckpointPanel />
        </div>
        <div class="stage">
          <StatusPanel />
          <RunsPanel />
          <CurvesPanel />
          <SignalPanel />
          <ZScorePanel />
          <LayersPanel />
          <FirstLayersPanel />
          <ConfusionPanel />
          <ImagesPanel />
          <DrawPanel />
        </div>
      </main>
    </>
  );
}
