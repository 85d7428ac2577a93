/** What scripts add to pages that work without them. */
import { showLocalTimes } from './times.js';

showLocalTimes(document);
