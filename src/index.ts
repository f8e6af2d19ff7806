export { Cache, type CachedOptions, type CacheOptions, cacheOptions } from './cache/cache.js'
export {
  type CacheBackend,
  type ClosableBackend,
  type ImmediateBackend,
  type LeasingBackend,
} from './cache/cache-backend.js'
export type { CacheRequest, Fetched, Filling } from './cache/fetcher.js'
export type { FollowedSource } from './cache/followed-sources.js'
export { type BackendOptions, KeyvBackend } from './cache/keyv-backend.js'
export { type MemoryBackendOptions, memoryBackend } from './cache/memory-backend.js'
export { RedisBackend, type RedisBackendOptions, redisBackend } from './cache/redis-backend.js'
export type { CacheTag } from './cache/tags.js'
export { AppException, type AppExceptionOptions, type FieldError, type Told } from './errors/app-exception.js'
export { type DefinitionCode, definitionCodes } from './errors/definition-codes.js'
export { DefinitionError, type Mistake, Mistakes } from './errors/definition-error.js'
export { type ExceptionCode, exceptionCodes } from './errors/exception-codes.js'
export {
  ConflictError,
  ExternalServiceError,
  FailureError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitedError,
  type RateLimitedErrorOptions,
  ServiceUnavailableError,
  UnauthenticatedError,
  ValidationError,
} from './errors/exceptions.js'
export { type Failure, isFailure } from './errors/failure.js'
export { pointerTo } from './errors/json-pointer.js'
export {
  AddressTooLongError,
  MalformedRequestError,
  MethodNotAllowedError,
  NotAcceptableError,
  PayloadTooLargeError,
  PreconditionFailedError,
  PreconditionRequiredError,
  UnprocessableError,
  UnsupportedMediaTypeError,
} from './errors/request-exceptions.js'
export { type UsageCode, UsageError, usageCodes } from './errors/usage-error.js'
export { requireFileKey } from './files/file-key.js'
export type { FileStorage, PendingFile, StoredFile } from './files/file-storage.js'
export {
  LocalFileStorage,
  type LocalFileStorageOptions,
  type RecoverOptions,
  type RecoverReport,
} from './files/local-file-storage.js'
export { safeFileName } from './files/safe-file-name.js'
export { type Actor, actingAs, currentActor, runAs } from './helpers/actor.js'
export type { Awaitable } from './helpers/awaitable.js'
export { calculatePagination, type PageInfo } from './helpers/calculate-pagination.js'
export {
  type AddressedRequest,
  type ClientIpOptions,
  type ClientIpReader,
  clientIpReader,
  getClientIp,
} from './helpers/client-ip.js'
export { type Clock, systemClock } from './helpers/clock.js'
export { ContextVariable, contextVariable, runInContext } from './helpers/context-variable.js'
export { cutSlug } from './helpers/cut-slug.js'
export type { Known, KnownValue } from './helpers/exact-options.js'
export type { ForwardedHeader } from './helpers/forwarded-hops.js'
export { type HashAlgorithm, type HashStringOptions, hashString } from './helpers/hash-string.js'
export { canonicalAddress, networkOf } from './helpers/ip-address.js'
export { type Optioned, type OptionNames, requireKnown, requireKnownBy } from './helpers/known-options.js'
export type { NameStyle, Naming } from './helpers/naming.js'
export { orderedUuid } from './helpers/ordered-uuid.js'
export { hashPassword, needsRehash, verifyPassword } from './helpers/password.js'
export { defaultPasswordCost, type PasswordCost } from './helpers/password-hash.js'
export { generateToken, randomText } from './helpers/random-text.js'
export { isRank, ranksBetween } from './helpers/ranks-between.js'
export { safeEqual } from './helpers/safe-equal.js'
export { Signer, type SignerOptions, type Verification } from './helpers/signer.js'
export { type SigningPurpose, type SigningPurposeOptions, signingPurpose } from './helpers/signing-purpose.js'
export { type SlugOptions, slugify, slugWriter } from './helpers/slugify.js'
export {
  currentTrace,
  runTraced,
  type TraceContext,
  type Traced,
  type TraceSource,
  traceContextOf,
  tracedTask,
  traceHeaders,
} from './helpers/trace-context.js'
export { parseTraceparent, type TraceParent } from './helpers/trace-parent.js'
export { parseTracestate } from './helpers/trace-state.js'
export { transliterate } from './helpers/transliterate.js'
export type { TrustedProxies } from './helpers/trusted-proxies.js'
export { parseUuid, type UuidOptions, type UuidVersion, validateUuid } from './helpers/uuid.js'
export { type ActionFact, declareAction } from './http/action-fact.js'
export type { ActionModel, AnsweredWith, Constructor, Method, ProblemStatuses } from './http/action-model.js'
export type { ActionOptions, CallOf, CheckedAction } from './http/action-options.js'
export { actionsOf } from './http/actions-of.js'
export { type AllowFact, declareAllow } from './http/allow-fact.js'
export { requireInnerOptions } from './http/application-options.js'
export { type BodySource, readJsonBody, requireObject } from './http/body/json-body.js'
export type { BulkFilter, BulkItem, BulkOutcome, BulkResult } from './http/bulk/bulk-item.js'
export type { BulkRequest } from './http/bulk/bulk-request.js'
export type { WriteWay } from './http/bulk/write-way.js'
export { type CacheFact, type CacheResponseOptions, declareCache } from './http/caching/cache-fact.js'
export type { Call, RowCall, User } from './http/call.js'
export type {
  ActionDescription,
  AnswerDescription,
  AnyParameterDescription,
  BodyDescription,
  Describe,
  DescribedScene,
  HeaderDescription,
  ProblemDescription,
} from './http/description/action-description.js'
export { type DriverHost, type ErrorMiddleware, HttpDriver, type Middleware, type Next } from './http/driver.js'
export type { ActionExamples, ExamplesOf, JsonOf, NamedExamples } from './http/examples/named-examples.js'
export type { Exchange } from './http/exchange.js'
export { Express5Driver, type ExpressApplication } from './http/express-driver.js'
export { GenericViewSet, type GenericViewSetOptions, type ScopeValues } from './http/generic-viewset.js'
export type { CheckOptions, GivenCheck, HealthCheck } from './http/health/health-check.js'
export type { CheckState, HealthOptions } from './http/health/health-options.js'
export type { PipelineHost } from './http/host.js'
export {
  createHttpApplication,
  type HttpApplication,
  type HttpApplicationOptions,
} from './http/http-application.js'
export type { IdempotencyOptions } from './http/idempotency/idempotency.js'
export type { IdempotencyMode } from './http/idempotency/idempotency-key.js'
export { idempotencyKeys } from './http/idempotency/idempotency-keys.js'
export { purgeIdempotencyKeys } from './http/idempotency/key-store.js'
export type { Instances, Lifetime } from './http/instances.js'
export { defaultLimits, type RequestLimits } from './http/limits.js'
export type {
  FilterDeclaration,
  FilterOperator,
  Filters,
  ListChoices,
  OperatorOf,
  ScalarName,
  ScalarPath,
  SinglePath,
  TextPath,
} from './http/lists/list-options.js'
export { likeSearch, type SearchColumn, type SearchOptions, type SearchProvider } from './http/lists/search-provider.js'
export { declareLog, type LogFact, type LogRequestOptions } from './http/logging/log-fact.js'
export type { EventLoopDelay } from './http/measurements/event-loop-watch.js'
export type { AnsweredRequests, MeasurementOptions, Measurements } from './http/measurements/measurements.js'
export {
  BulkActionMixin,
  type BulkActionName,
  type BulkActionOptions,
  type BulkActions,
} from './http/mixins/bulk-action-mixin.js'
export { type CreateActions, CreateMixin } from './http/mixins/create-mixin.js'
export { type DestroyActions, DestroyMixin } from './http/mixins/destroy-mixin.js'
export { type ListActions, ListMixin } from './http/mixins/list-mixin.js'
export { PaginationMixin } from './http/mixins/pagination-mixin.js'
export { type RetrieveActions, RetrieveMixin } from './http/mixins/retrieve-mixin.js'
export type { NoService, RowService } from './http/mixins/row-writes.js'
export {
  type PartialUpdateAction,
  type UpdateAction,
  type UpdateActions,
  type UpdateHook,
  UpdateMixin,
  type UpdateRules,
} from './http/mixins/update-mixin.js'
export {
  type VerbActions,
  type VerbInput,
  type VerbName,
  type VerbRules,
  type VerbRulesOf,
  VerbsMixin,
} from './http/mixins/verbs-mixin.js'
export { ViewRowsMixin, type ViewRowsOptions } from './http/mixins/view-rows-mixin.js'
export type {
  AbstractConstructor,
  Answer,
  EntityIn,
  EntityViewSet,
  GenericViewSetBase,
  Requires,
  RuleFor,
  SerializerIn,
  ViewSetClass,
  ViewSetOf,
} from './http/mixins/viewset-class.js'
export {
  ModelViewSet,
  type ModelViewSetBase,
  type ModelViewSetOptions,
  type ModelViewSetPart,
  type Permissions,
  type StandardAction,
} from './http/model-viewset.js'
export { NodeDriver } from './http/node-driver.js'
export { verbSchema } from './http/openapi/describe-verb.js'
export { documentText } from './http/openapi/documentation.js'
export {
  type ExampleObject,
  type HeaderObject,
  type MediaType,
  type OpenApiDocument,
  type OpenApiInfo,
  type OpenApiOptions,
  type Operation as OpenApiOperation,
  operationMethods,
  type ParameterObject,
  type PathItem,
  type Reference,
  type RequestBodyObject,
  type ResponseObject,
  type SecurityRequirement,
} from './http/openapi/openapi-document.js'
export type { Outcome } from './http/outcome.js'
export type { OverloadOptions, OverloadReason } from './http/overload/overload-options.js'
export type { CountPolicy, CursorPagination, NumberedPagination, PageQuery, Pagination } from './http/pagination.js'
export type { ParentOptions } from './http/parents/parent-options.js'
export type { Decision, Permission, RowTest } from './http/permission.js'
export { anyone, both, either, except, role, rowRule, signedIn } from './http/permissions.js'
export type { Problem, ProblemStyle } from './http/problem/problem.js'
export type { ParameterDescription } from './http/query/query-reader.js'
export type { ReadWay } from './http/reading/read-way.js'
export { Reply, type ReplyHeaders } from './http/reply.js'
export { declareResource, type ResourceFact } from './http/resource-fact.js'
export type { Route, RouteHandler, RouteParameters } from './http/route.js'
export type { RouteDescription } from './http/route-description.js'
export { type RowCondition, rowWhere } from './http/row-where.js'
export { schemasOf } from './http/schemas-of.js'
export type { PlacedStep, Run, Step, StepName } from './http/step.js'
export type { FilesOf, UploadRule, UploadRules } from './http/uploads/upload-options.js'
export { UploadedFile } from './http/uploads/uploaded-file.js'
export type { Authenticate, UserProvider } from './http/user-provider.js'
export { type EntityOf, ViewSet, type ViewSetStatics } from './http/viewset.js'
export type { ViewSetModel } from './http/viewset-model.js'
export { type ConsoleLoggerOptions, consoleLogger } from './logging/console-logger.js'
export { contextLogger } from './logging/context-logger.js'
export { type ExcerptBounds, excerptBounds, excerptOf } from './logging/excerpt.js'
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logging/logger.js'
export { type PinoLike, pinoLogger } from './logging/pino-logger.js'
export { constructorParameters } from './metadata/constructor-parameters.js'
export { type AnyClass, ancestry, FactKind } from './metadata/fact-kind.js'
export { type Callee, type Place, placeOfCall } from './metadata/place.js'
export {
  type Application,
  identityOf,
  isSameApplication,
  type NameAs,
  named,
  tableNameAs,
} from './model/application.js'
export { Capability, capability, withCapability } from './model/capability.js'
export { type Check, checksOf } from './model/check.js'
export {
  type Column,
  type ColumnDefault,
  type ColumnOptions,
  type Columns,
  type ColumnType,
  column,
  type PropertiesOf,
  type PropertyOf,
} from './model/column.js'
export { contextValues } from './model/context-values.js'
export { counterKey } from './model/counter-key.js'
export { defineTrait, refers, type TraitDecorator } from './model/define-trait.js'
export {
  type DeletionFact,
  type DeletionPolicy,
  declareDeletion,
  deletionPolicies,
} from './model/deletion.js'
export { describeModel, type ModelDescription } from './model/describe-model.js'
export type {
  EntityDescription,
  PropertyDescription,
  RelationDescription,
  UniqueSet,
  ValueKind,
} from './model/entity-description.js'
export {
  atLeast,
  Expression,
  evaluate,
  increment,
  incrementPath,
  mergePatch,
  type Operation,
  setPath,
  unsetPath,
} from './model/expression.js'
export { answerTo, type Foresight, type Question } from './model/foresight.js'
export { type Law, lawsOf, type RowsInSight } from './model/law.js'
export type { Lookup, LookupScene } from './model/lookup.js'
export { matches, type RowData } from './model/matches.js'
export type {
  AppliedTrait,
  CompanionTable,
  CompiledVerb,
  CompiledView,
  Contributed,
  Contributor,
  Model,
} from './model/model.js'
export { isStorable, type Path, path } from './model/path.js'
export {
  all,
  any,
  contains,
  eq,
  exists,
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
  type PathOperand,
  type PathPredicate,
  type Predicate,
  type RelatedPredicate,
  related,
} from './model/predicate.js'
export type { Absence, AskingProposal, NumberedProposal, Proposal, ProposalContext } from './model/proposal.js'
export { Registry } from './model/registry.js'
export {
  declareWhenHidden,
  type RelationLook,
  type RelationLookFact,
  type WhenHidden,
} from './model/relation-look.js'
export type { LookAt, RelationPath } from './model/relation-types.js'
export type {
  Change,
  ChangesOf,
  Declaration,
  Departure,
  EnterRule,
  Entry,
  InsertRule,
  LeaveRule,
  LinkedRow,
  LinkedRule,
  LockKeys,
  PassageRule,
  RowOf,
  RowPair,
  Rule,
  Rules,
  ValuesOf,
  WrittenRow,
  WrittenRule,
} from './model/rule.js'
export type {
  AmongRelated,
  CounterStep,
  GroupValues,
  Numbering,
  RelatedRows,
  RowsPage,
  RuleContext,
  RuleTable,
  WriteContext,
} from './model/rule-context.js'
export {
  type Index,
  type Ordering,
  type OrderingKey,
  orderingOf,
  type Scope,
  type View,
  type ViewMaker,
} from './model/scope.js'
export type { ClassOf, Inputs, Trait, Verbs, Views } from './model/trait.js'
export type { Adds, Filled, Holding, PropertyName, VerbsOf, ViewArguments, ViewsOf } from './model/trait-types.js'
export type {
  AnsweredReceipt,
  Id,
  Ids,
  InputOf,
  Named,
  Receipt,
  Verb,
  VerbCall,
  VerbRequirement,
} from './model/verb.js'
export { countersTable, partitionOf } from './orm/counters.js'
export { createDataSource } from './orm/create-data-source.js'
export { ModelDataSource } from './orm/data-source.js'
export type {
  EngineOptions,
  ModelDataSourceOptions,
  OwnDataSourceOptions,
  SqliteOptions,
} from './orm/data-source-options.js'
export type { Clash } from './orm/deletion/clashes.js'
export type { Restriction } from './orm/deletion/deletion-plan.js'
export { type DeletionPreview, explainDelete } from './orm/deletion/explain-delete.js'
export { explainRestore, type HiddenParent, type RestorePreview } from './orm/deletion/explain-restore.js'
export { type PruneFailure, type PruneOptions, type PruneReport, prune } from './orm/deletion/prune.js'
export { restoreDeletion } from './orm/deletion/restore-deletion.js'
export { doctor, type Finding } from './orm/doctor/doctor.js'
export { asAppException } from './orm/errors/as-app-exception.js'
export {
  type Announcement,
  type CommittedWrite,
  type EventRow,
  on,
  type WriteCause,
  type WriteEvent,
  type WriteHandlers,
  type WriteListener,
} from './orm/events/write-event.js'
export { type CommittedListener, type PruneListener, WriteEvents } from './orm/events/write-events.js'
export { hiddenKey, isHidden } from './orm/hidden-relations.js'
export type { ModelEntityManager } from './orm/model-entity-manager.js'
export type { ModelRepository } from './orm/model-repository.js'
export { requireOwnOptions } from './orm/own-options.js'
export type { OwnTable } from './orm/own-table.js'
export { parseId } from './orm/parse-id.js'
export { SchemaError, type SchemaMistake } from './orm/proof/schema-error.js'
export { type ModelWarning, modelWarnings } from './orm/schema/model-warnings.js'
export type { ScopedSelectQueryBuilder } from './orm/scopes/scoped-select-query-builder.js'
export { Selection, type Values } from './orm/selection.js'
export type { Statement, StatementListener } from './orm/statements.js'
export type { PoolSize } from './orm/unit-of-work/engine.js'
export type { Hook } from './orm/unit-of-work/hooks.js'
export type { IsolationLevel } from './orm/unit-of-work/isolation.js'
export type { QueueMeasurements } from './orm/unit-of-work/queue-measurements.js'
export type { AtomicOptions } from './orm/unit-of-work/unit-host.js'
export type { DatabaseMeasurements, PoolMeasurements } from './orm/unit-of-work/unit-measurements.js'
export { type UnitOfWorkCode, UnitOfWorkError, unitOfWorkCodes } from './orm/unit-of-work/unit-of-work-error.js'
export type { VerbRequest, VerbRunner } from './orm/verb-runner.js'
export { asTrait, type TraitContext } from './orm/writes/as-trait.js'
export type { DeletionResult } from './orm/writes/deletion-result.js'
export type { Written } from './orm/writes/update-or-create.js'
export {
  type ConcurrencyDeclaration,
  type ConcurrencyFact,
  type DeclaredConcurrency,
  declareConcurrencyLimit,
} from './rate-limit/concurrency-fact.js'
export type { ConcurrencyLimit, HeldPlace } from './rate-limit/concurrency-limiter.js'
export {
  type FlexibleLimiter,
  FlexibleRateLimitStore,
} from './rate-limit/flexible-store.js'
export type { LimiterCounters } from './rate-limit/limiter-counters.js'
export {
  type MemoryRateLimitOptions,
  MemoryRateLimitStore,
  memoryRateLimitStore,
} from './rate-limit/memory-store.js'
export type { CountedLimit, RateLimit, WhenStoreDown } from './rate-limit/rate-limit.js'
export {
  type DeclaredLimit,
  declareRateLimit,
  type LimitedPer,
  limitedMethods,
  type RateLimitDeclaration,
  type RateLimitFact,
  rateLimitsOf,
} from './rate-limit/rate-limit-fact.js'
export type {
  ClosableRateLimitStore,
  Consumption,
  PlacesStore,
  Presence,
  Quota,
  RateLimitStore,
} from './rate-limit/rate-limit-store.js'
export {
  RateLimiter,
  type RateLimiterOptions,
  rateLimiterOptions,
} from './rate-limit/rate-limiter.js'
export { type RedisRateLimitOptions, RedisRateLimitStore, redisRateLimitStore } from './rate-limit/redis-store.js'
export { verifyRateLimits } from './rate-limit/verify-rate-limits.js'
export { type LimitedClass, verifyReachedBefore } from './rate-limit/verify-reached-before.js'
export type { RedisCommands } from './redis/redis-commands.js'
export { RedisConnection } from './redis/redis-connection.js'
export type { RedisOptions } from './redis/redis-options.js'
export { RedisUnavailableError } from './redis/redis-unavailable-error.js'
export { type Computed, computed, type Requirement } from './serializer/computed.js'
export { type Extended, extendSerializer, type SerializedBy } from './serializer/extend-serializer.js'
export type { FieldRule, FieldRules } from './serializer/field-rule.js'
export type { NestedDeed, NestedRules } from './serializer/nested-rules.js'
export type { NestedWrite } from './serializer/nested-write.js'
export { Serializer, type SerializerFor } from './serializer/serializer.js'
export type { SerializerSchemas } from './serializer/serializer-schemas.js'
export type {
  ActionFields,
  NestedOneOptions,
  NestedOptions,
  RelatedValues,
  SerializerSpec,
} from './serializer/serializer-spec.js'
export type {
  ActionsOf,
  CreateOf,
  PatchOf,
  ReadOf,
  Related,
  ReplaceOf,
  SerializerClass,
} from './serializer/serializer-types.js'
export { BaseService } from './service/base-service.js'
export { ModelService, type ModelServiceClass, type ServiceVerbs } from './service/model-service.js'
export { RowsService } from './service/rows-service.js'
export { currentServiceContext, type ServiceContext, withServiceContext } from './service/service-context.js'
export { type FailureOptions, type ServiceFailure, ServiceResult, type Success } from './service/service-result.js'
export type { ValuesFor } from './service/written-values.js'
export type { AllowedTypes } from './validators/content-rule.js'
export { FileContent, type FileContentOptions, validateFileContent } from './validators/file-content.js'
export { FileExtension, type FileExtensionOptions, validateFileExtension } from './validators/file-extension.js'
export { FileSize, type FileSizeOptions, validateFileSize } from './validators/file-size.js'
export { defaultJsonLimits, type JsonLimits } from './validators/json-limits.js'
export { type JsonSchemaOptions, MatchesJsonSchema, validateJsonSchema } from './validators/json-schema.js'
export type { JsonSchemaReading } from './validators/json-schema-compiler.js'
export { limitFileSize } from './validators/limit-file-size.js'
export { NoHtml, validateNoHtml } from './validators/no-html.js'
export type { ReceivedFile } from './validators/received-file.js'
export { Satisfies } from './validators/satisfies.js'
export {
  type AsyncValidator,
  type Complaints,
  complaint,
  defineAsyncValidator,
  defineValidator,
  type JsonSchema,
  type RuleDescription,
  type Validator,
  type ValidatorDefinition,
} from './validators/validator.js'
