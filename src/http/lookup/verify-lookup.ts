import type { Mistakes } from '../../errors/definition-error.js'
import { lookupOf } from '../../model/lookup.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { uniqueAmong } from '../../orm/schema/unique-identity.js'
import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import { resourceFacts } from '../resource-fact.js'

/** Adds what is wrong with the property by which rows are looked up. */
export function verifyLookup(
  { viewSet, name, place, model: viewSetModel, on, route }: ActionModel,
  { entity, description }: CompiledModel,
  dataSource: ModelDataSource,
  mistakes: Mistakes,
): void {
  const property = viewSetModel?.lookup
  if (property === undefined) return
  const refuse = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_LOOKUP', subject: `${viewSet.name}.${name}`, problem, places: [place], remedy })
  const lookup = lookupOf(entity, property)
  if (on === 'collection') {
    // Only its literal segment right behind the viewset stands where names of rows stand.
    const base = resourceFacts.own(viewSet)[0]?.path ?? ''
    const segment = route.split('/').filter(Boolean)[base.split('/').filter(Boolean).length]
    if (segment && lookup?.isReserved && !lookup.isReserved(segment)) {
      refuse(`a row called "${segment}" could not be reached at ${route}.`, `Reserve it: { reserved: ['${segment}'] }.`)
    }
    return
  }
  const metadata = dataSource.getMetadata(entity.entity)
  if (!description.properties.has(property)) refuse(`${entity.name} has no property "${property}".`, 'Name one it has.')
  else if (!lookup && !uniqueAmong(metadata, entity, [property], dataSource.dialect)) {
    refuse(
      `"${property}" is not unique, so that it does not name one row.`,
      'Declare it unique, or look rows up by another.',
    )
  }
  if ((lookup?.within ?? []).length > 0 && !viewSetModel?.scope) {
    refuse(
      `"${property}" is unique within ${lookup!.within!.join(', ')}.`,
      'Give the viewset a `scope` with their values.',
    )
  }
}
