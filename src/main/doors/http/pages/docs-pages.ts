/** The small pages around the bundled API explorers. No inline script: the content security policy allows none. */

/** `/swagger-ui/`. */
export const SWAGGER_INDEX = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TabAgent API</title>
<link rel="stylesheet" href="/swagger-ui/swagger-ui.css">
<link rel="stylesheet" href="/swagger-ui/index.css">
<link rel="icon" type="image/png" href="/swagger-ui/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger-ui/swagger-ui-bundle.js"></script>
<script src="/swagger-ui/start.js"></script>
</body>
</html>
`;

/** `/docs/`. */
export const SCALAR_INDEX = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TabAgent API reference</title>
<link rel="icon" type="image/png" href="/swagger-ui/favicon-32x32.png">
</head>
<body>
<div id="app"></div>
<script src="/docs/standalone.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** Scripts beside the bundled ones, by folder and name. */
export const docsPages: Readonly<Record<string, string>> = {
  'swagger-ui/start.js': `window.ui = SwaggerUIBundle({
  url: '/api-doc/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
`,
  'scalar/start.js': `Scalar.createApiReference('#app', {
  url: '/api-doc/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  // Both would talk to a server of the vendor.
  agent: { disabled: true },
  mcp: { disabled: true },
});
`,
};
