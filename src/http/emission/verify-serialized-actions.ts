import type { Mistakes } from '../../errors/definition-error.js'
import { reporter } from '../../serializer/verify-serializer.js'
import type { ViewSetStatics } from '../viewset.js'
import type { ViewSetModel } from '../viewset-model.js'
import type { ViewSetPlan } from './planned-action.js'

/** What viewsets usually have; one that exposes less of them may share its serializer with another. */
const usual = ['list', 'retrieve', 'create', 'update', 'partialUpdate', 'destroy']

/** Adds actions that a serializer says something of, and no viewset with that serializer has. */
export function verifySerializedActions(plans: readonly ViewSetPlan[], mistakes: Mistakes): void {
  const known = new Map<ViewSetModel['serializer'], Set<string>>()
  for (const { viewSet, actions } of plans) {
    const serializer = (viewSet as unknown as ViewSetStatics).model?.serializer
    if (!serializer) continue
    const names = known.get(serializer) ?? new Set(usual)
    for (const { model } of actions) names.add(model.name)
    known.set(serializer, names)
  }
  for (const [serializer, names] of known) {
    const report = reporter(serializer, mistakes)
    for (const action of Object.keys(serializer.spec?.actions ?? {}).filter((name) => !names.has(name))) {
      report(`it says what "${action}" shows, and no viewset with it has such an action.`, remedyFor(action, names))
    }
  }
}

const remedyFor = (action: string, names: ReadonlySet<string>): string =>
  `Take "${action}" out of \`actions\`, or name one of: ${[...names].join(', ')}.`
