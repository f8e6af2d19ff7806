/** Every code a definition error can have, with what it means. */
export const definitionCodes = {
  E_TRAIT_TWICE: 'The same trait stands twice on one class.',
  E_TRAIT_MISSING: 'A trait needs another trait that the class does not have.',
  E_TRAIT_ORDER: 'Traits ask to come after one another in a circle.',
  E_TRAIT_OPTIONS: 'A trait refuses the options it was given, or the model it was given for.',
  E_NAME_TAKEN: 'Two traits give one entity a column, scope, view or verb of the same name.',
  E_ORDERING_TAKEN: 'Two traits on one class both set its default ordering.',
  E_UNKNOWN_ENTITY: 'A class is used as an entity but was not given to the application.',
  E_NOT_AN_ENTITY: 'A class is given as an entity, but TypeORM does not know it as one.',
  E_CONTEXT_IN_SCHEMA: 'A generated column or a unique index depends on the context of a request.',
  E_UNKNOWN_PROPERTY: 'An index, ordering or predicate names a property the entity does not have.',
  E_UNKNOWN_VERB: 'A trait declares an input for a verb it does not have.',
  E_UNKNOWN_SCOPE: 'A view or verb removes a scope the entity does not have, or one that is locked.',
  E_CONSTRUCTOR_TYPES:
    'The types of constructor parameters are not known, because no decorator made the compiler record them.',
  E_UNKNOWN_DEPENDENCY: 'A constructor parameter asks for something that nothing provides.',
  E_DEPENDENCY_CIRCLE: 'Classes need one another in a circle to be constructed.',
  E_CAPTIVE_DEPENDENCY: 'Something long-lived would keep what belongs to one request.',
  E_RESOURCE: 'A viewset has no path of its own, or several.',
  E_ACTION: 'An action is declared for something that is no method.',
  E_NO_PERMISSION: 'An exposed action has no permission.',
  E_PERMISSION_ROW: 'The permission of an action needs a row, and the action has none.',
  E_ROUTE_TAKEN: 'Two actions answer the same method and route.',
  E_STEP: 'A step stands at a place that the pipeline of no action of its viewset has.',
  E_PAGINATION: 'The sizes of pages make no sense.',
  E_SERIALIZER: 'A serializer lists a property that it cannot show or accept.',
  E_BODY: 'The class of a body or query has no rules, so that nothing would be checked.',
  E_ROUTE: 'A route has a form that not every driver can serve.',
  E_NATIVE: 'A decorator would do nothing where it stands, or needs what drivers do not have.',
  E_EMISSION: 'Routing-controllers built something else than it was given.',
} as const

export type DefinitionCode = keyof typeof definitionCodes
