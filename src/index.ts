export { AppException, type AppExceptionOptions, type FieldError } from './errors/app-exception.js'
export { type DefinitionCode, definitionCodes } from './errors/definition-codes.js'
export { DefinitionError, type Mistake, Mistakes } from './errors/definition-error.js'
export {
  ConflictError,
  ExternalServiceError,
  FailureError,
  NotFoundError,
  PermissionDeniedError,
  ServiceUnavailableError,
  UnauthenticatedError,
  ValidationError,
} from './errors/exceptions.js'
export { type Failure, isFailure } from './errors/failure.js'
export { type Clock, systemClock } from './helpers/clock.js'
export { ContextVariable, contextVariable, runInContext } from './helpers/context-variable.js'
export type { Constructor } from './http/action-model.js'
export type { Instances, Lifetime } from './http/instances.js'
export { type ConsoleLoggerOptions, consoleLogger } from './logging/console-logger.js'
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logging/logger.js'
export { constructorParameters } from './metadata/constructor-parameters.js'
export { type AnyClass, ancestry, FactKind } from './metadata/fact-kind.js'
export { type Place, placeOfCall } from './metadata/place.js'
export {
  type Column,
  type ColumnOptions,
  type Columns,
  type ColumnType,
  column,
  type PropertiesOf,
  type PropertyOf,
} from './model/column.js'
export { defineTrait, refers, type TraitDecorator } from './model/define-trait.js'
export { describeModel, type ModelDescription } from './model/describe-model.js'
export { matches, type RowData } from './model/matches.js'
export type { AppliedTrait, CompiledVerb, Contributed, Contributor, Model } from './model/model.js'
export {
  all,
  any,
  eq,
  gt,
  gte,
  isNull,
  lt,
  lte,
  matching,
  ne,
  not,
  type Operand,
  oneOf,
  type Predicate,
} from './model/predicate.js'
export { Registry } from './model/registry.js'
export type { Change, InsertRule, RowOf, Rule, Rules, ValuesOf, WriteContext } from './model/rule.js'
export { type Index, type Ordering, type OrderingKey, orderingOf, type Scope, type View } from './model/scope.js'
export type { ClassOf, Inputs, Trait, Verbs, Views } from './model/trait.js'
export type { Adds, PropertyName, VerbsOf, ViewsOf } from './model/trait-types.js'
export type { Id, Ids, Receipt, Verb, VerbCall } from './model/verb.js'
export { createDataSource, ModelDataSource } from './orm/data-source.js'
export type { EngineOptions, ModelDataSourceOptions, SqliteOptions } from './orm/data-source-options.js'
export type { Hook } from './orm/unit-of-work/hooks.js'
export type { IsolationLevel } from './orm/unit-of-work/isolation.js'
export { type UnitOfWorkCode, UnitOfWorkError, unitOfWorkCodes } from './orm/unit-of-work/unit-of-work-error.js'
export type { AtomicOptions } from './orm/unit-of-work/units-of-work.js'
export { currentServiceContext, type ServiceContext, withServiceContext } from './service/service-context.js'
export { type FailureOptions, type ServiceFailure, ServiceResult, type Success } from './service/service-result.js'
