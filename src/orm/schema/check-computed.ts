import type { Mistakes } from '../../errors/definition-error.js'
import { ancestry } from '../../metadata/fact-kind.js'
import { labelOf } from '../../model/applied-traits.js'
import type { Contributor, Model } from '../../model/model.js'
import { propertiesOf } from '../../model/predicate.js'
import type { ModelStorage } from './model-storage.js'
import { generatedColumns } from './named-properties.js'

/** A part of a model that tells rows apart before they are written. */
interface DecidingPart {
  readonly what: string
  readonly contributor: Contributor
  readonly properties: readonly string[]
}

/**
 * Adds scopes, and rules about rows that enter and leave, that ask for what the database computes: whether a row passes is told
 * by the values that are about to be written, and those are none.
 */
export function checkComputed(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  const expressions = storage.filterColumns([...ancestry(model.entity)]).filter(({ options }) => options.asExpression)
  const computed = new Set([
    ...generatedColumns(model).map(({ name }) => name),
    ...expressions.map(({ propertyName }) => propertyName),
  ])
  if (computed.size === 0) return
  for (const { what, contributor, properties } of decidingParts(model)) {
    for (const property of new Set(properties)) {
      if (!computed.has(property)) continue
      mistakes.add({
        code: 'E_COMPUTED_SCOPE',
        subject: model.name,
        problem: `${what} asks for "${property}", which the database computes when the row is written.`,
        places: [labelOf(contributor)],
        remedy: 'Ask for the columns that it is computed of.',
      })
    }
  }
}

function decidingParts({ scopes, rules }: Model): readonly DecidingPart[] {
  const guards = Object.entries(scopes).filter(([, scope]) => scope.default || scope.locked)
  const ofScopes = guards.map(([name, { contributor, where }]) => ({
    what: `the scope "${name}"`,
    contributor,
    properties: propertiesOf(where),
  }))
  const ofRules = [...rules.enter, ...rules.leave].map(({ contributor, by = [] }) => ({
    what: 'a rule about rows that enter or leave a group',
    contributor,
    properties: by,
  }))
  return [...ofScopes, ...ofRules]
}
