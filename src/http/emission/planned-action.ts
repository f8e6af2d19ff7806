import type { ActionModel, Constructor } from '../action-model.js'
import type {
  ActionEntry,
  ControllerEntry,
  HandlerEntry,
  InterceptorEntry,
  ParameterEntry,
  UseEntry,
} from './native-facts.js'

/** What stands above a method or class beside its route, nearest declaration last. */
export interface Surroundings {
  readonly uses: readonly UseEntry[]
  readonly interceptors: readonly InterceptorEntry[]
  readonly handlers: readonly HandlerEntry[]
}

/** One route of one concrete viewset, as it is given to routing-controllers. */
export interface PlannedAction extends Surroundings {
  /** Whether routing-controllers runs it, because its own decorators declare it. */
  readonly native: boolean
  readonly model: ActionModel
  readonly type: ActionEntry['type']
  readonly options: ActionEntry['options']
  readonly appendParams: ActionEntry['appendParams']
  readonly parameters: readonly ParameterEntry[]
}

/** All routes of one concrete viewset. */
export interface ViewSetPlan extends Surroundings {
  readonly viewSet: Constructor
  readonly type: ControllerEntry['type']
  readonly options: ControllerEntry['options']
  readonly actions: readonly PlannedAction[]
}
