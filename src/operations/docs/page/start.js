window.ui = window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#swagger-ui',
  persistAuthorization: false,
  validatorUrl: null,
});
