import { createHash } from 'node:crypto'

/** Text of at most so many characters, which is another one for another text: what is longer ends with a digest. */
export function shortText(text: string, longest: number): string {
  if (text.length <= longest) return text
  const digest = createHash('sha256').update(text).digest('base64url')
  // A half of a character cannot be stored.
  return `${text.slice(0, longest - digest.length - 1).replace(/\p{Surrogate}$/u, '')}#${digest}`
}
