import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import { declareAction } from '../action-fact.js'
import { bulkContract } from '../bulk/bulk-contract.js'
import type { BulkOutcome } from '../bulk/bulk-item.js'
import type { BulkLimits } from '../bulk/bulk-options.js'
import { type BulkKind, writeWayOf } from '../bulk/bulk-plan.js'
import type { BulkRequest } from '../bulk/bulk-request.js'
import { bulkWriting } from '../bulk/bulk-writing.js'
import { describeBulk } from '../bulk/describe-bulk.js'
import type { Call } from '../call.js'
import type { ScalarName } from '../lists/list-options.js'
import { bulkOptions } from '../option-names.js'
import type { Permission } from '../permission.js'
import type { Reply } from '../reply.js'
import { performerOf } from './bulk-performer.js'
import { markPlainHook } from './plain-hooks.js'
import { pathOfVerb, type VerbName } from './verbs-mixin.js'
import type { AbstractConstructor, EntityIn, RuleFor, ViewSetClass } from './viewset-class.js'

/** What can be done to several rows at once: the three actions that write, and every verb of the entity. */
export type BulkActionName<E> = 'create' | 'update' | 'delete' | VerbName<E>

/** One rule for the actions that are named, or a rule for each; an action that is not named is not exposed. */
type BulkRules<B extends ViewSetClass> =
  | {
      readonly allow: RuleFor<B>
      readonly actions: readonly BulkActionName<EntityIn<B>>[]
      readonly permissions?: never
    }
  | {
      readonly permissions: { readonly [A in BulkActionName<EntityIn<B>>]?: RuleFor<B> }
      readonly allow?: never
      readonly actions?: never
    }

/** What `BulkActionMixin` is told. */
export type BulkActionOptions<B extends ViewSetClass> = BulkRules<B> &
  Partial<Omit<BulkLimits, 'version'>> & {
    /** The property that every write changes; items may then give the `version` they were made from. */
    readonly version?: ScalarName<EntityIn<B>>
  }

/** What `BulkActionMixin` adds. */
export interface BulkActions {
  /**
   * Does what an action says to all items of a call. Override it to do more before or after, or to refuse: what it throws
   * undoes everything, in the way of items that are written each by itself too.
   */
  performBulkAction(action: string, call: Call<BulkRequest>): Promise<BulkOutcome>
}

/**
 * Adds `POST /bulk/create`, `/bulk/update`, `/bulk/delete`, and `/bulk/restore` or whatever verb is named. Rows are written
 * all or none, in the order of the body; where `perItem` allows it and a caller asks for it, each by itself. What a
 * viewset does for one row (`performCreate`, `performUpdate`, `performDestroy`, `performVerb`) it does for each.
 */
export function BulkActionMixin<B extends ViewSetClass>(
  Base: B,
  options: BulkActionOptions<B>,
  place = placeOfCall(BulkActionMixin),
): B & AbstractConstructor<BulkActions> {
  requireKnown(options, bulkOptions, { subject: 'BulkActionMixin', places: [place] })
  abstract class BulkViewSet extends (Base as ViewSetClass) implements BulkActions {
    performBulkAction(action: string, call: Call<BulkRequest>): Promise<BulkOutcome> {
      return call.body.run(this, call, performerOf(this, action))
    }
  }
  markPlainHook(BulkViewSet.prototype, 'performBulkAction')
  const limits = limitsOf(options)
  for (const [action, permission] of rulesOf(options)) {
    const name = `bulk${action.charAt(0).toUpperCase()}${action.slice(1)}`
    const kind = kindOf(action)
    const method = bulkMethod(action)
    Object.defineProperty(BulkViewSet.prototype, name, { value: method, configurable: true, writable: true })
    markPlainHook({ [name]: method }, name)
    declareAction(BulkViewSet, {
      name,
      method: 'post',
      on: 'collection',
      path: `bulk/${pathOfVerb(action)}`,
      permission,
      place,
      contract: bulkContract(kind, limits),
      writing: (given, model) => writeWayOf(given, kind, model),
      loneWriting: (given, runs, host) => bulkWriting(given, kind, runs, host),
      describe: describeBulk(kind, limits),
      ...(kind !== 'create' && { severalRows: true }),
      ...(kind === 'verb' && { verb: action }),
    })
  }
  return BulkViewSet as unknown as B & AbstractConstructor<BulkActions>
}

function rulesOf({
  allow,
  actions,
  permissions,
}: {
  allow?: Permission
  actions?: readonly string[]
  permissions?: object
}) {
  if (permissions) return Object.entries(permissions) as [string, Permission][]
  return (actions ?? []).map((action): [string, Permission] => [action, allow as Permission])
}

function limitsOf({ max = 100, perItem = false, maxByFilter, version }: Partial<BulkLimits>): BulkLimits {
  return Object.freeze({
    max,
    perItem,
    ...(maxByFilter !== undefined && { maxByFilter }),
    ...(version !== undefined && { version }),
  })
}

function kindOf(action: string): BulkKind {
  return action === 'create' || action === 'update' || action === 'delete' ? action : 'verb'
}

function bulkMethod(action: string) {
  return async function (this: BulkActions, call: Call<BulkRequest>): Promise<Reply> {
    const { body } = call
    return body.answer(call, await this.performBulkAction(action, call))
  }
}
