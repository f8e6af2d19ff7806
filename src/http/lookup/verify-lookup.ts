import type { Mistakes } from '../../errors/definition-error.js'
import { lookupOf } from '../../model/lookup.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { uniqueAmong } from '../../orm/schema/unique-identity.js'
import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import { resourceFacts } from '../resource-fact.js'
import { lookupProperty } from './lookup-property.js'

/** Adds what is wrong with the property by which rows are looked up. */
export function verifyLookup(
  action: ActionModel,
  model: CompiledModel,
  dataSource: ModelDataSource,
  mistakes: Mistakes,
): void {
  const { viewSet, name, place, model: viewSetModel, on, route } = action
  const { entity, description, parent } = model
  const property = viewSetModel?.lookup
  const refuse = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_LOOKUP', subject: `${viewSet.name}.${name}`, problem, places: [place], remedy })
  if (on === 'row' && description.primary.length > 1) {
    const names = description.primary.map((part) => part.name).join(' and ')
    if (lookupProperty(action, model) === undefined) {
      refuse(
        `rows of ${entity.name} are known by ${names}, and a route names them by one text.`,
        'Look them up by a property that is unique, alone or under a `parent`; or leave the action out, by `only`.',
      )
    } else if (action.verb !== undefined) {
      refuse(
        `verbs name rows by a key of one property, and those of ${entity.name} are known by ${names}.`,
        'Write an @Action of your own.',
      )
    }
  }
  if (property === undefined) return
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
  const isUnique = (properties: readonly string[]) =>
    uniqueAmong(metadata, entity, properties, dataSource.dialect) !== undefined
  if (!description.properties.has(property)) refuse(`${entity.name} has no property "${property}".`, 'Name one it has.')
  else if (!lookup && !isUnique([property]) && !(parent && isUnique([property, parent.key]))) {
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
