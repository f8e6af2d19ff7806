import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Whether two secrets are the same text, in a time that tells nothing of where they differ. They may be of any length;
 * what is not a string equals nothing.
 */
export function safeEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false
  // timingSafeEqual throws for different lengths; digests have one length, and a key of its own for every comparison
  // leaves nothing about them to be learned.
  const key = randomBytes(32)
  return timingSafeEqual(digest(one, key), digest(other, key))
}

function digest(text: string, key: Buffer): Buffer {
  // Not UTF-8: it writes every lone surrogate as the same character, and so would call different texts equal.
  return createHmac('sha256', key).update(text, 'utf16le').digest()
}
