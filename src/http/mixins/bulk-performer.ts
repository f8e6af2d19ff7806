import type { EntityRow } from '../../orm/entity-row.js'
import type { PerformItem } from '../bulk/run-items.js'
import type { RowCall } from '../call.js'
import { runVerbOnRow } from '../verbs/run-verb.js'
import { createRow, removeRow, updateRow } from './row-writes.js'
import type { EntityViewSet } from './viewset-class.js'

type ItemCall = RowCall<EntityRow, object>

/** The hooks of the actions on one row, as far as a viewset has them. */
interface Hooks {
  readonly performCreate?: PerformItem
  readonly performUpdate?: PerformItem
  readonly performDestroy?: PerformItem
  performVerb?(verb: string, call: ItemCall): ReturnType<PerformItem>
}

/** The call of an item has the row and the body of the action on one row. */
const own = (call: Parameters<PerformItem>[0]) => call as unknown as ItemCall

/** Does an action to one row as the viewset does it where the action is for one row alone. */
export function performerOf(viewSet: EntityViewSet & Hooks, action: string): PerformItem {
  switch (action) {
    case 'create':
      return (call) => (viewSet.performCreate ? viewSet.performCreate(call) : createRow(viewSet, own(call)))
    case 'update':
      return (call) => (viewSet.performUpdate ? viewSet.performUpdate(call) : updateRow(viewSet, own(call)))
    case 'delete':
      return (call) => (viewSet.performDestroy ? viewSet.performDestroy(call) : removeRow(viewSet, own(call)))
    default:
      return (call) =>
        viewSet.performVerb ? viewSet.performVerb(action, own(call)) : runVerbOnRow(viewSet, action, own(call))
  }
}
