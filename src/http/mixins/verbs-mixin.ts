import { DefinitionError } from '../../errors/definition-error.js'
import { placeOfCall } from '../../metadata/place.js'
import type { VerbsOf } from '../../model/trait-types.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { RowCall } from '../call.js'
import type { Permission } from '../permission.js'
import { runVerbOnRow } from '../verbs/run-verb.js'
import { markPlainHook } from './plain-hooks.js'
import type { AbstractConstructor, Answer, EntityIn, ViewSetClass } from './viewset-class.js'

/** The names of the verbs of an entity. */
export type VerbName<E> = keyof VerbsOf<E> & string

/** What a verb of an entity must be given. */
export type VerbInput<E, V extends VerbName<E>> = VerbsOf<E>[V] extends (ids: never, input: infer I) => unknown
  ? unknown extends I
    ? undefined
    : I
  : undefined

/** What `VerbsMixin` adds. */
export interface VerbActions<E> {
  /** Carries out a verb on the row of a call; the action of every exposed verb calls it. Override it to do more. */
  performVerb(verb: VerbName<E>, call: RowCall<E, object>): Answer<E>
}

/** A rule for each verb of an entity that is exposed. */
export type VerbRulesOf<E> = [VerbName<E>] extends [never]
  ? { readonly [name: string]: 'the traits of this entity have no verbs to expose' }
  : { readonly [V in VerbName<E>]?: Permission<E> }

/** A rule for each verb that is exposed. */
export type VerbRules<B extends ViewSetClass> = VerbRulesOf<EntityIn<B>>

/**
 * Exposes verbs of the entity's traits: `{ moveTo: editor }` answers `POST /:id/move-to`, whose body is what the verb must
 * be given, with the row as it is then. A verb that is not named is not exposed. A row is found where the verb sees it, so
 * `restore` finds one that is hidden.
 * @throws {DefinitionError} `E_NAME_TAKEN` where the viewset has a member of the name of a verb.
 */
export function VerbsMixin<B extends ViewSetClass>(
  Base: B,
  verbs: VerbRules<B>,
  place = placeOfCall(VerbsMixin),
): B & AbstractConstructor<VerbActions<EntityIn<B>>> {
  abstract class VerbsViewSet extends (Base as ViewSetClass) {
    performVerb(verb: string, call: RowCall<EntityRow, object>): Answer<EntityRow> {
      return runVerbOnRow(this, verb, call)
    }
  }
  markPlainHook(VerbsViewSet.prototype, 'performVerb')
  for (const [verb, permission] of Object.entries(verbs) as [string, Permission][]) {
    defineVerbMethod(VerbsViewSet, verb, place)
    const path = pathOfVerb(verb)
    declareAction(VerbsViewSet, {
      name: verb,
      verb,
      method: 'post',
      on: 'row',
      path,
      permission,
      place,
    })
  }
  return VerbsViewSet as unknown as B & AbstractConstructor<VerbActions<EntityIn<B>>>
}

/** The last segment of the route of a verb: `moveTo` is `move-to`. */
export function pathOfVerb(verb: string): string {
  return verb.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
}

interface PerformsVerbs {
  performVerb(verb: string, call: RowCall<EntityRow, object>): Answer<EntityRow>
}

/** Gives a class of viewsets the method of a verb. */
function defineVerbMethod({ name, prototype }: ViewSetClass, verb: string, place: string): void {
  if (verb in (prototype as object)) {
    throw new DefinitionError([
      {
        code: 'E_NAME_TAKEN',
        subject: name,
        problem: `the verb "${verb}" has the name of a member that the viewset has already.`,
        places: [place],
        remedy: 'Expose it by an @Action of another name.',
      },
    ])
  }
  const value = function (this: PerformsVerbs, call: RowCall<EntityRow, object>) {
    return this.performVerb(verb, call)
  }
  Object.defineProperty(prototype, verb, { value, configurable: true, writable: true })
  markPlainHook(prototype as { readonly [name: string]: object }, verb)
}
