import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import type { ViewsOf } from '../../model/trait-types.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { Call, RowCall } from '../call.js'
import { removalOptions, viewRowsOptions } from '../option-names.js'
import type { Permission } from '../permission.js'
import { runVerbOnRow } from '../verbs/run-verb.js'
import { markPlainHook } from './plain-hooks.js'
import type { VerbName } from './verbs-mixin.js'
import type { Answer, EntityIn, RuleFor, ViewSetClass } from './viewset-class.js'

/** What `ViewRowsMixin` is told. */
export interface ViewRowsOptions<B extends ViewSetClass> {
  /** The view of the entity whose rows are shown. */
  readonly view: ViewsOf<EntityIn<B>>
  /** Behind the path of the viewset. */
  readonly path: string
  /** Who may list the rows, and read each of them. */
  readonly allow: RuleFor<B>
  /** The verb that `DELETE` on one of the rows carries out, and who may do that; without it, there is no such route. */
  readonly remove?: { readonly verb: VerbName<EntityIn<B>>; readonly allow: RuleFor<B> }
}

/**
 * Shows the rows of a view of the entity as a collection of their own: with the path `trash`, `trash` is `GET /trash`, with
 * the filters, orders and pages of the list, `retrieveTrash` is `GET /trash/:id`, and `removeTrash` is `DELETE /trash/:id`
 * for a verb. Rows that are not in the view are not there. A viewset may show several views.
 */
export function ViewRowsMixin<B extends ViewSetClass>(
  Base: B,
  options: ViewRowsOptions<B>,
  place = placeOfCall(ViewRowsMixin),
): B {
  requireKnown(options, viewRowsOptions, { subject: 'ViewRowsMixin', places: [place] })
  requireKnown(options.remove, removalOptions, { subject: 'ViewRowsMixin', places: [place], within: 'remove' })
  const { view, path, allow, remove } = options
  const { list, retrieve, destroy } = namesFor(path)
  abstract class ViewRowsViewSet extends (Base as ViewSetClass) {
    [list](call: Call): Answer<EntityRow> {
      return this.select(call).view(view)
    }

    [retrieve]({ row }: RowCall<EntityRow>): Answer<EntityRow> {
      return row
    }

    [destroy](call: RowCall<EntityRow>): Answer<EntityRow> {
      if (!remove) throw new Error('No verb removes rows of this view.')
      return runVerbOnRow(this, remove.verb, call.with({ body: {} }))
    }
  }
  for (const name of [retrieve, destroy]) {
    markPlainHook(ViewRowsViewSet.prototype as { readonly [name: string]: object }, name)
  }
  const permission: Permission = allow
  const shared = { view, place, permission }
  const row = { ...shared, on: 'row', under: path, path: '' } as const
  const listed = { on: 'collection', path, paginated: true } as const
  declareAction(ViewRowsViewSet, { ...shared, ...listed, name: list, method: 'get' })
  declareAction(ViewRowsViewSet, { ...row, name: retrieve, method: 'get', answers: 'row' })
  if (remove) {
    const { verb, allow: permission } = remove
    declareAction(ViewRowsViewSet, {
      ...row,
      name: destroy,
      method: 'delete',
      verb,
      permission,
    })
  }
  return ViewRowsViewSet as unknown as B
}

function namesFor(path: string) {
  const list = path.replace(/[^A-Za-z0-9]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  const behind = list.charAt(0).toUpperCase() + list.slice(1)
  return { list, retrieve: `retrieve${behind}`, destroy: `remove${behind}` } as const
}
