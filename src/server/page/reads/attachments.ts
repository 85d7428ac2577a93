import type { Attachments } from '../../store/attachments.js';
import type { ShownAttachment } from '../shown.js';

/** Images up to this size are shown in the page itself. */
const MAX_IMAGE_BYTES = 1_000_000;

/** The files of a run or an example. */
export function showAttachments(attachments: Attachments, ownerId: string): ShownAttachment[] {
  const heads = attachments.heads([ownerId]).get(ownerId) ?? [];
  return heads.map(({ name, mime_type: mimeType }) => {
    const isImage = /^image\/[\w.+-]+$/.test(mimeType);
    // The driver gives bytes as an ArrayBuffer.
    const content = Buffer.from((isImage && attachments.find(ownerId, name)?.content) || '');
    return {
      name,
      mimeType,
      href: `/attachments/${encodeURIComponent(ownerId)}/${encodeURIComponent(name)}`,
      image:
        content.length > 0 && content.length <= MAX_IMAGE_BYTES
          ? `data:${mimeType};base64,${content.toString('base64')}`
          : undefined,
    };
  });
}
