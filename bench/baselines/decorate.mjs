import 'reflect-metadata';

/** Applies decorators where no compiler does: to a class, or to one of its methods. Returns the class. */
export function decorate(type, decorators, method) {
  if (method === undefined) return Reflect.decorate(decorators, type);
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method);
  Reflect.decorate(decorators, type.prototype, method, descriptor);
  return type;
}

/** Says what a class is made of, and what its methods take, as TypeScript would. */
export function describe(type, constructorTypes, methods = {}) {
  Reflect.defineMetadata('design:paramtypes', constructorTypes, type);
  for (const [method, types] of Object.entries(methods)) {
    Reflect.defineMetadata('design:paramtypes', types, type.prototype, method);
  }
}
