import type { Html } from '../html.js';
import type { ShownAttachment } from '../shown.js';
import { visible, visibleText } from './visible.js';

/** Files, of which small images are shown. */
export function Attachments({ files }: { readonly files: readonly ShownAttachment[] }): Html {
  return (
    <ul class="attachments">
      {files.map(({ name, mimeType, href, image }) => (
        <li>
          {image !== undefined && <img src={image} alt={visibleText(name)} />}
          <a href={href} download>
            {visible(name)}
          </a>{' '}
          <small>{visible(mimeType)}</small>
        </li>
      ))}
    </ul>
  );
}
