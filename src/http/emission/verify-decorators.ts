import type { Mistakes } from '../../errors/definition-error.js'
import { parameterTypes } from '../../metadata/member-types.js'
import { isChecked, shapeOf } from '../native/body-shape.js'
import type { HandlerEntry, ParameterEntry } from './native-facts.js'
import type { PlannedAction } from './planned-action.js'
import { nameOf, placesOf } from './verify-routes.js'

const meaningful: readonly HandlerEntry['type'][] = ['success-code', 'header', 'authorized']
const types: readonly string[] = ['get', 'head', 'post', 'put', 'patch', 'delete', 'all']

/** Adds each decorator of routing-controllers that would do nothing where it stands, or leave an input unchecked. */
export function verifyDecorators(action: PlannedAction, mistakes: Mistakes): void {
  const problems = action.native ? nativeProblems(action) : plinthProblems(action)
  for (const { code, problem, remedy } of problems) {
    mistakes.add({ code, subject: nameOf(action.model), problem, places: placesOf(action.model), remedy })
  }
}

interface Finding {
  readonly code: 'E_NATIVE' | 'E_BODY'
  readonly problem: string
  readonly remedy: string
}

function plinthProblems({ parameters, handlers }: PlannedAction): readonly Finding[] {
  const found: Finding[] = handlers
    .filter(({ type }) => !meaningful.includes(type))
    .map(({ type }) => ({
      code: 'E_NATIVE',
      problem: `it is an action of plinth, for which "${type}" of routing-controllers means nothing.`,
      remedy: 'Return a Reply, which has a status, headers and a body.',
    }))
  if (parameters.length === 0) return found
  const [{ type }] = parameters as [ParameterEntry]
  const problem = `it is an action of plinth and takes the call, but a parameter is decorated with "${type}".`
  return [...found, { code: 'E_NATIVE', problem, remedy: 'Read it from the call.' }]
}

function nativeProblems({ type, parameters, handlers, model }: PlannedAction): readonly Finding[] {
  const found: Finding[] = []
  if (!types.includes(type)) {
    const problem = `it answers ${type.toUpperCase()}, which no driver serves.`
    found.push({ code: 'E_NATIVE', problem, remedy: `Use one of ${types.join(', ')}.` })
  }
  if (handlers.some((handler) => handler.type === 'rendered-template')) {
    const problem = '@Render needs a view engine, which drivers do not have.'
    found.push({ code: 'E_NATIVE', problem, remedy: 'Render it yourself and return a Reply.' })
  }
  return [
    ...found,
    ...parameters.flatMap((parameter) => parameterProblem(parameter, model.viewSet.prototype as object) ?? []),
  ]
}

const filesRemedy = "Parse uploads with @UseBefore(multer().single('…')) and read them from @Req()."

function parameterProblem(parameter: ParameterEntry, prototype: object): Finding | undefined {
  const { type, index, validate, method, explicitType } = parameter
  if (type === 'state') {
    return { code: 'E_NATIVE', problem: 'there is no @State outside of Koa.', remedy: 'Use a ContextVariable.' }
  }
  if (type === 'file' || type === 'files') {
    return { code: 'E_NATIVE', problem: `nothing parses what "${type}" asks for.`, remedy: filesRemedy }
  }
  const shape = shapeOf(parameterTypes(prototype, method)[index], explicitType)
  if (validate === false || isChecked(shape)) return undefined
  if (type !== 'body' && !(type === 'queries' && shape.kind === 'object')) return undefined
  return {
    code: 'E_BODY',
    problem: `the ${type === 'body' ? 'body' : 'query'} has no class with validation rules, so nothing would be checked.`,
    remedy: 'Give it a class with rules of class-validator, `type:` for arrays, or `validate: false` to take anything.',
  }
}
