import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { RowCall } from '../call.js'
import { ruleOptions, updateRules } from '../option-names.js'
import { markPlainHook } from './plain-hooks.js'
import { updateRow } from './row-writes.js'
import type {
  AbstractConstructor,
  Answer,
  EntityIn,
  OfEntity,
  RuleFor,
  SerializerIn,
  ViewSetClass,
} from './viewset-class.js'

/** PUT on a row. */
export interface UpdateAction<E, U> {
  /** Answers the row, replaced by the body. */
  update(call: RowCall<E, U>): Answer<E>
}

/** PATCH on a row. */
export interface PartialUpdateAction<E, P> {
  /** Answers the row, changed by the body. */
  partialUpdate(call: RowCall<E, P>): Answer<E>
}

/** What PUT and PATCH have in common. */
export interface UpdateHook<E, U, P> {
  /** Writes the body of either to the row. @throws {UsageError} E_UNKNOWN_VALUE for a value of no property. */
  performUpdate<B extends U | P>(call: RowCall<E, B> & OfEntity<E, U | P, B>): Answer<E>
}

/** What `UpdateMixin` adds. */
export interface UpdateActions<E, U, P> extends UpdateAction<E, U>, PartialUpdateAction<E, P>, UpdateHook<E, U, P> {}

/** One rule for both actions, or one each; an action without a rule is not exposed. */
export type UpdateRules<R> =
  | R
  | { readonly update: R; readonly partialUpdate?: R }
  | { readonly update?: R; readonly partialUpdate: R }

type Updates<B extends ViewSetClass> = B &
  AbstractConstructor<UpdateActions<EntityIn<B>, SerializerIn<B>['$replace'], SerializerIn<B>['$patch']>>

/** Adds `update` and `partialUpdate`: PUT and PATCH on a row. */
export function UpdateMixin<B extends ViewSetClass>(
  Base: B,
  options: { readonly allow: UpdateRules<RuleFor<B>> },
  place = placeOfCall(UpdateMixin),
): Updates<B> {
  requireKnown(options, ruleOptions, { subject: 'UpdateMixin', places: [place] })
  const { allow } = options
  // Programs without types may leave it out, and hear of each action then.
  if (typeof allow === 'object' && allow !== null && !('allows' in allow)) {
    requireKnown(allow, updateRules, { subject: 'UpdateMixin', places: [place], kind: 'action', within: 'allow' })
  }
  abstract class UpdateViewSet extends (Base as ViewSetClass) implements UpdateActions<EntityRow, object, object> {
    update(call: RowCall<EntityRow, object>): Answer<EntityRow> {
      return this.performUpdate(call)
    }

    partialUpdate(call: RowCall<EntityRow, object>): Answer<EntityRow> {
      return this.performUpdate(call)
    }

    performUpdate(call: RowCall<EntityRow, object>): Answer<EntityRow> {
      return updateRow(this, call)
    }
  }
  for (const name of ['update', 'partialUpdate', 'performUpdate'] as const) markPlainHook(UpdateViewSet.prototype, name)
  const rules = 'allows' in allow ? { update: allow, partialUpdate: allow } : allow
  const shared = { on: 'row', path: '', answers: 'row', place } as const
  if ('update' in rules) {
    const permission = rules.update
    declareAction(UpdateViewSet, { ...shared, name: 'update', method: 'put', input: 'replace', permission })
  }
  if ('partialUpdate' in rules) {
    const permission = rules.partialUpdate
    declareAction(UpdateViewSet, { ...shared, name: 'partialUpdate', method: 'patch', input: 'patch', permission })
  }
  return UpdateViewSet as unknown as Updates<B>
}
