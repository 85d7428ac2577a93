/** What scripts add to pages that work without them. */
import { openRowsInDrawer } from './drawer.js';
import { listenToKeys } from './keys.js';
import { keepLive } from './live.js';
import { reviewByKeyboard } from './review.js';
import { scoreInPlace } from './score.js';
import { countTicks } from './ticks.js';
import { showLocalTimes } from './times.js';

showLocalTimes(document);
reviewByKeyboard(document);
listenToKeys();
openRowsInDrawer();
scoreInPlace();
countTicks();
keepLive();
