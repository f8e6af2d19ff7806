import { counterKey, type Law } from 'plinth'
import { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'

/** What is promised of the slugs of all rows together. */
export function slugLaws(property: string, options: SluggableOptions): readonly Law[] {
  const names = new SlugNames(options, property)
  return [
    {
      problem: 'a visible row has no slug, or one that is not written as slugs are',
      holds: ({ visible }) =>
        visible.every((row) => names.slugOf(row) !== '' && names.written(names.slugOf(row)) === row[property]),
    },
    {
      problem: 'visible rows of a group have the same slug',
      holds: ({ visible }) => {
        const slugs = visible.map((row) => counterKey(...Object.values(names.group(row)), row[property]))
        return new Set(slugs).size === slugs.length
      },
    },
  ]
}
