import {
  type AbstractConstructor,
  type Answer,
  type Call,
  type EntityIn,
  type OptionNames,
  type Permission,
  placeOfCall,
  type Requires,
  type RowCall,
  type RuleFor,
  requireKnown,
  VerbsMixin,
  ViewRowsMixin,
  type ViewSetClass,
  type ViewSetOf,
} from 'plinth'
import type { SoftDeletable } from './soft-delete.js'

/** A class of viewsets of some entity with the trait; which one, only callers know. */
type SoftDeletedViewSets = ViewSetOf<SoftDeletable>

/** Who may do what with deleted rows; what is left out is not exposed. */
export interface TrashRules<R> {
  /** Lists deleted rows, and reads each of them. */
  readonly trash: R
  /** Brings a row back. */
  readonly restore?: R
  /** Removes a deleted row for good. */
  readonly purge?: R
}

const trashRules: OptionNames<TrashRules<unknown>> = { trash: true, restore: true, purge: true }

/** What `SoftDeleteViewSetMixin` adds. */
export interface TrashActions<E> {
  /** `GET /trash`: a page of the deleted rows. */
  trash(call: Call): Answer<E>
  /** `GET /trash/:id`: one of them. */
  retrieveTrash(call: RowCall<E>): Answer<E>
  /** `DELETE /trash/:id`: removes one of them for good. */
  removeTrash(call: RowCall<E>): Answer<E>
  /** `POST /:id/restore`: answers the row, which is back. */
  restore(call: RowCall<E>): Answer<E>
}

/**
 * Adds the trash of an entity with `@SoftDelete`: deleted rows are listed at `/trash`, brought back by
 * `POST /:id/restore`, and removed for good by `DELETE /trash/:id`, each by a rule of its own. A row that is not deleted is
 * no row of the trash, and restoring it is a conflict, NOT_DELETED.
 */
export function SoftDeleteViewSetMixin<B extends ViewSetClass>(
  Base: B & Requires<B, SoftDeletable, 'SoftDeleteViewSetMixin needs an entity with @SoftDelete'>,
  options: { readonly allow: TrashRules<RuleFor<B>> },
  place = placeOfCall(SoftDeleteViewSetMixin),
): B & AbstractConstructor<TrashActions<EntityIn<B>>> {
  const { allow } = options
  const optioned = { subject: 'SoftDeleteViewSetMixin', places: [place] }
  requireKnown(options, { allow: true }, optioned)
  requireKnown(allow, trashRules, { ...optioned, kind: 'action' })
  const { trash, restore, purge } = allow as TrashRules<Permission<object>>
  const Restoring = VerbsMixin(Base as SoftDeletedViewSets, { ...(restore && { restore }) }, place)
  const remove = purge && ({ verb: 'purge', allow: purge } as const)
  const shown = { view: 'onlyDeleted', path: 'trash', allow: trash, ...(remove && { remove }) } as const
  return ViewRowsMixin(Restoring, shown, place) as unknown as B & AbstractConstructor<TrashActions<EntityIn<B>>>
}
