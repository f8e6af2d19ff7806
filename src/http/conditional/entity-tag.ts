/** An entity tag (RFC 9110 section 8.8.3). */
export interface EntityTag {
  readonly weak: boolean
  /** What stands between the quotes. */
  readonly opaque: string
}

/** A list of tags, or `*`: any representation at all. */
export type EntityTags = '*' | readonly EntityTag[]

/** The tag as it is sent. */
export function tagText({ weak, opaque }: EntityTag): string {
  return `${weak ? 'W/' : ''}"${opaque}"`
}

// Without a repetition inside of a repetition, so that no text takes more than linear time.
const member = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"|[ \t]+|,/gy

/**
 * The value of `If-Match` or `If-None-Match`. Empty members of the list count as nothing (section 5.6.1.2).
 * @returns undefined where it is malformed.
 */
export function parseEntityTags(text: string): EntityTags | undefined {
  if (text.trim() === '*') return '*'
  const tags: EntityTag[] = []
  let separated = true
  let end = 0
  member.lastIndex = 0
  for (const { 0: part, 1: weak, 2: opaque, index } of text.matchAll(member)) {
    end = index + part.length
    if (part === ',') separated = true
    else if (opaque !== undefined) {
      if (!separated) return undefined
      separated = false
      tags.push({ weak: weak !== undefined, opaque })
    }
  }
  return end === text.length && tags.length > 0 ? tags : undefined
}

/** The one tag of an `ETag`; undefined where it is malformed. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const tags = parseEntityTags(text)
  return tags !== undefined && tags !== '*' && tags.length === 1 ? tags[0] : undefined
}
