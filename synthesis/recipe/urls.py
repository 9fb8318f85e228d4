from __future__ import annotations

from django.urls import path

from synthesis.recipe import editor_views, views

urlpatterns = [
    path("", views.recipe_list, name="recipe-list"),
    path("new", editor_views.new_recipe, name="recipe-new"),
    path("preview", editor_views.live, name="recipe-preview"),
    path("programme", editor_views.live_programme, name="recipe-programme"),
    path("difference", views.difference, name="recipe-difference"),
    path("<int:pk>/", views.recipe, name="recipe"),
    path("<int:pk>/change", editor_views.change_recipe_page, name="recipe-change"),
    path("<int:pk>/new-version", editor_views.new_version, name="recipe-new-version"),
    path("<int:pk>/v<int:number>/", views.version, name="recipe-version"),
    path("<int:pk>/v<int:number>/change", editor_views.change_version, name="recipe-version-change"),
    path("<int:pk>/v<int:number>/approve", views.approve, name="recipe-version-approve"),
    path("<int:pk>/v<int:number>/withdraw", views.withdraw, name="recipe-version-withdraw"),
    path("<int:pk>/v<int:number>/programme/<int:step>", views.programme, name="recipe-version-programme"),
]
