/** What scripts add to pages that work without them. */
import { reviewByKeyboard } from './review.js';
import { showLocalTimes } from './times.js';

showLocalTimes(document);
reviewByKeyboard(document);
