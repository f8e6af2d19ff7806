import { type Lookup, type LookupScene, type Predicate, partitionOf, type RowData, tableNameAs } from 'plinth'
import { rowWith } from '../row-key.js'
import { forgottenBefore, historyTable } from './slug-history.js'
import { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'

/** How rows are found by slugs they have given up. */
export function slugLookup(options: SluggableOptions, property: string, as: string): Lookup {
  const names = new SlugNames(options, property)
  const retired = async (slug: string, scene: LookupScene): Promise<Predicate | undefined> => {
    const { model, now, group } = scene
    const id = names.idIn(slug)
    if (id !== undefined) return scene.withId(id)
    if (!options.history) return undefined
    const scope = names.scope(group, partitionOf(model))
    const entry: RowData | null = await scene.companion(tableNameAs(as, historyTable)).findOneBy({ scope, slug })
    const limit = forgottenBefore(options, now)
    const isForgotten = !entry || (limit && (entry['retiredAt'] as Date) < limit)
    return isForgotten ? undefined : rowWith(String(entry['row']))
  }
  return {
    within: options.within,
    isReserved: (text) => names.isReserved(text),
    ...((options.history || options.idSuffix) && { retired }),
  }
}
