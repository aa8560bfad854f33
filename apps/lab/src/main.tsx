/** Starts the page. */
import { options, render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/panels.css';
import './styles/views.css';
import './styles/learning.css';
import './styles/pictures.css';
import { App } from './panels/app.js';
import { followAddress } from './state/address.js';
import { begin } from './state/session.js';

// Once a frame at most, however fast news come in; and not at all while nobody looks.
options.debounceRendering = requestAnimationFrame;
followAddress();
render(<App />, document.getElementById('lab')!);
void begin();
