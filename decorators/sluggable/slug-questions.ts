import type { RowData } from 'plinth'

/** Slugs of one group that are asked for. */
export interface Question {
  /** A row of the group. */
  readonly row: RowData
  readonly scope: string
  readonly slugs: readonly string[]
}

/** The most slugs that are asked for at once. */
export const longestQuestion = 500

/** Questions as statements ask them: of one group together, at most 500 slugs at once. */
export function portions(questions: readonly Question[]): readonly (readonly Question[])[] {
  const groups = new Map<string, { readonly row: RowData; readonly slugs: Set<string> }>()
  for (const { row, scope, slugs } of questions) {
    const group = groups.get(scope) ?? { row, slugs: new Set() }
    groups.set(scope, group)
    for (const slug of slugs) group.slugs.add(slug)
  }
  const parts: Question[][] = []
  let room = 0
  for (const [scope, { row, slugs }] of groups) {
    const all = [...slugs]
    for (let start = 0; start < all.length; ) {
      if (room === 0) {
        parts.push([])
        room = longestQuestion
      }
      const some = all.slice(start, start + room)
      parts.at(-1)!.push({ row, scope, slugs: some })
      start += some.length
      room -= some.length
    }
  }
  return parts
}
