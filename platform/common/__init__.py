"""Django helpers without models: text rendering, diagrams, HTTP."""
